"""What goes out is what mail programs read, and nothing that anybody has typed becomes a header or a sign of HTML."""

import json
import re
import string
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import recado.words
from demo.mail.smtp import Mail, Server
from recado.domain.ids import OperatorId
from recado.domain.news import News, Recipient, Said, Told
from recado.domain.notices import BUILT_IN, Notices
from recado.domain.places import Place
from recado.mail.letters import CannotWriteError, Composed, Envelope, Letter, address_of, compose
from recado.mail.notices import SHOWN, letter_of, thread_of, trial_letter
from recado.mail.servers import Server as Address
from recado.mail.servers import sender_of
from recado.mail.smtp import line_to
from recado.words import LOCALES, catalogue, say
from tests.mail.posts import BASE, read, text_of

HOSTILE = ["x\r\nBcc: all@shop.example", "x\nBcc: a@b.example", "x\rBcc: a@b.example", "x\x00y", "x\u2028y", "\udc80"]
HEADERS = {
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "References",
    "In-Reply-To",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "MIME-Version",
    "Content-Type",
}
BRUNO = Recipient(OperatorId(2), "Bruno Sanz", "bruno@shop.example", "es", Notices(BUILT_IN, None, None, {}, {}, 0))


def told(*authors: str, text: str = "Buenos días", name: str | None = None, kind: str = "internal") -> Told:
    said = [Said(number, number, author, text, kind == "mention") for number, author in enumerate(authors, 1)]
    place = Place("direct" if kind == "internal" else "conversation", 7)
    return Told(News(place, kind, name, "all", 1, len(said), said), said, 0)  # type: ignore[arg-type]


def sent(letter: Letter, name: str = "Bruno Sanz", to: str = "bruno@shop.example") -> Composed:
    sender = sender_of("Recado <desk@shop.example>")
    return compose(Envelope(sender, to, name, "desk.example", "one", "direct-7", 1_800_000_000), letter)


def as_read(composed: Composed) -> EmailMessage:
    return read(Mail(composed.sender, (composed.to,), composed.content))


def letter(**more: str) -> Letter:
    words = {"subject": "Hola", "line": "Hola", "author": "Ana", "text": "Sí", "small": "-"} | more
    said = [(words["author"], words["text"])]
    return Letter("es", words["subject"], [words["line"]], said, [], f"{BASE}/internal/7", "Abrir", words["small"])


def check(composed: Composed) -> EmailMessage:
    """That it has these headers, each once, no line that is too long, and lines that end as they must."""
    head = composed.content.partition(b"\r\n\r\n")[0]
    names = re.findall(rb"^([!-9;-~]+):", head, re.MULTILINE)
    assert {name.decode() for name in names} == HEADERS
    assert len(names) == len(HEADERS)
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", composed.content)
    assert composed.content.isascii()
    assert max(map(len, composed.content.split(b"\r\n"))) <= 998
    return as_read(composed)


def test_a_letter_is_a_text_and_the_same_as_html() -> None:
    mail = check(sent(letter_of(BRUNO, told("Ana Roca"), BASE)))
    assert mail["From"] == "Recado <desk@shop.example>"
    assert mail["To"] == "Bruno Sanz <bruno@shop.example>"
    assert mail["Subject"] == "Ana Roca te ha escrito"
    assert mail["Message-ID"] == "<one@desk.example>"
    assert mail["References"] == mail["In-Reply-To"] == "<direct-7@desk.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] is None
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    for part in mail.iter_parts():
        assert "Buenos días" in part.get_content()
        assert "https://desk.example/internal/7" in part.get_content()


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_that_is_typed_becomes_a_header(hostile: str) -> None:
    mail = check(sent(letter(subject=hostile, author=hostile, text=hostile), name=hostile))
    assert mail["Bcc"] is None
    assert [address.addr_spec for address in mail["To"].addresses] == ["bruno@shop.example"]


@settings(deadline=None)
@given(name=st.text(), subject=st.text(), text=st.text())
@example(name='"', subject="=?utf-8?q?a?=", text="From me")
@example(name="a, b <c@d.example>", subject=" ", text=".\r\n.")
@example(name="ñ" * 300, subject="😀" * 300, text="x" * 5000)
def test_whatever_is_typed_the_letter_goes_to_its_reader_alone(name: str, subject: str, text: str) -> None:
    mail = check(sent(letter(subject=subject, text=text, author=name), name=name))
    assert [address.addr_spec for address in mail["To"].addresses] == ["bruno@shop.example"]
    assert mail["Bcc"] is None
    assert mail["Cc"] is None


@pytest.mark.parametrize("email", ["bruno", "@shop.example", "a..b@", "", f"a@{'x' * 70}.example"])
def test_what_is_no_address_is_written_to_by_nobody(email: str) -> None:
    with pytest.raises(CannotWriteError, match="No e-mail can be addressed"):
        address_of(email, "Bruno")


def test_a_host_in_letters_of_its_own_is_written_as_the_network_does() -> None:
    assert address_of("ana@ñandú.example", "Ana").addr_spec == "ana@xn--and-6ma2c.example"


def test_html_is_text() -> None:
    mail = as_read(sent(letter(author="<b>x</b>", text='<script>alert("1")</script>', line="<i>")))
    page = mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert "<script" not in page
    assert "<i>" not in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", ["internal", "mention", "waiting"])
@pytest.mark.parametrize("authors", [["Ana"], ["Ana", "Ana"], ["Ana", "Sara", "Ana", "Ana", "Ana", "Ana", "Ana"]])
@pytest.mark.parametrize("name", [None, "Inventario {x}"])
def test_every_letter_can_be_said_in_every_language(
    locale: str, kind: str, authors: list[str], name: str | None
) -> None:
    made = letter_of(BRUNO._replace(locale=locale), told(*authors, kind=kind, name=name), BASE)  # type: ignore[arg-type]
    assert (name or "") in made.subject if kind == "waiting" else "Ana" in made.subject
    assert len(made.said) == min(len(authors), SHOWN)
    assert len(made.after) == (len(authors) > SHOWN)
    assert thread_of(told(*authors, kind=kind)) == ("direct-7" if kind == "internal" else "conversation-7")
    assert trial_letter(BRUNO._replace(locale=locale), BASE).lines  # type: ignore[arg-type]


def test_words_are_the_same_in_all_languages_and_none_is_left_over() -> None:
    es, *others = (catalogue(one) for one in LOCALES)
    holes = {key: sorted(name for _, name, _, _ in string.Formatter().parse(text) if name) for key, text in es.items()}
    for other in others:
        assert list(other) == list(es)
        found = {key: sorted(n for _, n, _, _ in string.Formatter().parse(text) if n) for key, text in other.items()}
        assert found == holes
    folder = Path(recado.words.__file__).parent
    assert {path.stem for path in folder.glob("*.json")} == set(LOCALES)
    code = "".join(path.read_text() for path in folder.parent.rglob("*.py"))
    said = {key for key in es if f'"{key.removesuffix(".many")}"' not in code}
    assert {key.removesuffix(".many") for key in said} <= {
        *(f"mail.subject{one}" for one in ("", "In", "Several", "InSeveral")),
        *(f"push.{one}" for one in ("waiting", "mine", "mention")),
    }
    assert json.loads((folder / "es.json").read_text()) == es


def test_what_is_filled_in_is_not_filled_in_again() -> None:
    assert say("en", "mail.subjectIn", author="{name}", name="{author}", count=1) == "{name} has written in “{author}”"


async def test_a_letter_arrives_as_it_was_written() -> None:
    """Over a real connection: dots at the beginning of lines, long lines, a hundred of them."""
    kept: list[Mail] = []
    server = Server(kept.append)
    await server.start()
    letters = [sent(letter(text=text)) for text in (".", "..", ".a\n.\nb", "x" * 3000, "á" * 2000, "Good morning")]
    try:
        async with line_to(Address("127.0.0.1", server.port, None, None, "none"), "desk.example") as line:
            outcomes = [await line.send(one) for one in letters]
    finally:
        await server.stop()
    assert {outcome.state for outcome in outcomes} == {"sent"}
    assert [mail.content for mail in kept] == [one.content for one in letters]
    assert all("Ana" in text_of(mail) for mail in kept)
