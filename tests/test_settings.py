"""Settings: each from the environment or the file, a wrong one named in one clear line."""

from pathlib import Path

import pytest

from recado.settings import SECRET_MIN, Settings, SettingsError, load


def settings(folder: Path, **given: str) -> Settings:
    return load({"RECADO_DATA": str(folder)} | {f"RECADO_{name.upper()}": value for name, value in given.items()})


def test_without_any_it_serves_this_machine_from_one_folder(tmp_path: Path) -> None:
    found = settings(tmp_path)
    assert (found.host, found.port, found.base_url) == ("127.0.0.1", 8000, "http://127.0.0.1:8000")
    assert found.database_url == f"sqlite:///{tmp_path / 'recado.db'}"


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "recado.toml").write_text('port = 9000\nlog = "debug"\n')
    found = settings(tmp_path, port="9001")
    assert (found.port, found.log) == (9001, "debug")


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"port": "many"}, "port"),
        ({"port": "0"}, "port"),
        ({"base_url": "desk.example"}, "base_url"),
        ({"base_url": "https://desk.example/below"}, "base_url"),
        ({"base_url": "http://desk.example"}, "not encrypted"),
        ({"host": "0.0.0.0"}, "not encrypted"),  # noqa: S104 - what must be refused
        ({"tls_key": "key.pem"}, "tls_key"),
        ({"secret": "short"}, "secret"),
        ({"log": "loud"}, "log"),
        ({"colour": "green"}, "RECADO_COLOUR"),
        ({"smtp": "smtp://mail.example"}, "mail_from"),
        ({"mail_from": "desk@shop.example"}, "smtp and mail_from go together"),
        ({"smtp": "mail.example", "mail_from": "desk@shop.example"}, "smtp: it is no address such as"),
        ({"smtp": "smtp://mail.example", "mail_from": "the desk"}, "mail_from: 'the desk' is no address"),
    ],
)
def test_a_wrong_one_is_named(tmp_path: Path, given: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        settings(tmp_path, **given)


def test_an_unknown_name_in_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "recado.toml").write_text('colour = "green"\n')
    with pytest.raises(SettingsError, match="colour"):
        settings(tmp_path)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://Desk.Example:443/", "https://desk.example"),
        ("https://desk.example:8443", "https://desk.example:8443"),
        ("http://localhost:80", "http://localhost"),
        ("https://ñandú.example", "https://xn--and-6ma2c.example"),
    ],
)
def test_the_base_address_is_kept_as_browsers_write_an_origin(tmp_path: Path, given: str, kept: str) -> None:
    assert settings(tmp_path, base_url=given).base_url == kept


def test_the_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    secret = settings(tmp_path).secret
    assert len(secret) >= SECRET_MIN
    assert settings(tmp_path).secret == secret
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["secret"]


def test_a_secret_that_a_full_disk_has_cut_is_no_key(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"")
    with pytest.raises(SettingsError, match="damaged"):
        settings(tmp_path)
