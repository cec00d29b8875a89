"""The command line's link for the admin whom nobody else can help."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from recado.actions import accounts
from recado.cli import main
from recado.db.database import lock_data_directory
from recado.desk import SYSTEM
from tests.founding import opened_world

BASE = "https://desk.example"


def reset_link(folder: Path, url: str, username: str) -> Result:
    given = {"RECADO_DATA": str(folder), "RECADO_DATABASE_URL": url, "RECADO_BASE_URL": BASE, "RECADO_CONFIG": None}
    return CliRunner().invoke(main, ["reset-link", username], env=given)


def test_it_prints_a_link_that_works(tmp_path: Path, world_url: str) -> None:
    result = reset_link(tmp_path, world_url, " Adela ")
    assert result.exit_code == 0, result.output
    address, _, token = result.output.splitlines()[-1].partition("#")
    assert address == f"{BASE}/reset"
    with opened_world(world_url) as world:
        assert world.act(accounts.look_at_reset, SYSTEM, token).username == "adela"


def test_whom_it_cannot_help_is_said_in_one_line(tmp_path: Path, world_url: str) -> None:
    with opened_world(world_url) as world:
        world.disables(world.bruno)
    for username, said in (("nobody", "Nobody has the user name nobody."), ("bruno", "bruno is disabled")):
        result = reset_link(tmp_path, world_url, username)
        assert (result.exit_code, len(result.output.splitlines())) == (1, 1), result.output
        assert said in result.output


@pytest.mark.parametrize("world_url", ["sqlite"], indirect=True)
def test_a_file_that_a_server_has_is_left_to_it(tmp_path: Path, world_url: str) -> None:
    with lock_data_directory(tmp_path):
        result = reset_link(tmp_path, world_url, "adela")
    assert result.exit_code == 1
    assert "in use by another Recado" in result.output
    assert "Stop it, run this again" in result.output


@pytest.mark.parametrize("world_url", ["postgresql"], indirect=True)
def test_a_database_that_several_may_use_is_asked_beside_its_servers(tmp_path: Path, world_url: str) -> None:
    with lock_data_directory(tmp_path), opened_world(world_url):
        assert reset_link(tmp_path, world_url, "adela").exit_code == 0


def test_where_there_is_no_desk_none_is_made(tmp_path: Path) -> None:
    result = reset_link(tmp_path, f"sqlite:///{tmp_path}/recado.db", "adela")
    assert result.exit_code == 1
    assert "no desk of this release" in result.output
    assert not (tmp_path / "recado.db").exists()
