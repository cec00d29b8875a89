"""How an inbox's chat looks, what it says in each language, and what it asks before the first message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec

from recado.domain.errors import Invalid
from recado.domain.people import Locale
from recado.domain.text import line_of, required_line, salvaged_line

Corner = Literal["right", "left"]
ChatTheme = Literal["system", "light", "dark"]
AnswerTime = Literal["no", "measured", "text"]
LOCALES: tuple[Locale, ...] = ("es", "en", "pt")

TEXT_MAX = 500
LABEL_MAX = 120
OPTION_MAX = 80
OPTIONS_MAX = 20
FIELDS_MAX = 8
CHOICES_MAX = 20
ANSWER_MAX = 300
DATA_MAX = 20
DATA_NAME_MAX = 40
DATA_VALUE_MAX = 200

_KEY = re.compile(r"^[a-z][a-z0-9_]{0,39}$")


class ChatTexts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the chat says in one language; an empty text stands for the usual one."""

    greeting: str = ""
    away: str = ""
    answer_time: str = ""


class Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question of the inbox's own. `key` names it for the site's scripts; a choice has options."""

    key: str
    label: dict[Locale, str]
    kind: Literal["text", "choice"] = "text"
    options: Annotated[list[str], msgspec.Meta(max_length=OPTIONS_MAX)] = []
    required: bool = False


class ChatSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an admin sets of a chat beyond its colour. `departments` are those a visitor may choose among."""

    corner: Corner = "right"
    theme: ChatTheme = "system"
    texts: dict[Locale, ChatTexts] = {}
    fields: Annotated[list[Field], msgspec.Meta(max_length=FIELDS_MAX)] = []
    departments: Annotated[list[int], msgspec.Meta(max_length=CHOICES_MAX)] = []
    answer_time: AnswerTime = "measured"
    ask_when_away: bool = True
    """Whether an address is asked for while nobody is there, also where the inbox asks for none otherwise."""


class FieldFace(msgspec.Struct, frozen=True):
    """A question as a visitor sees it, in their language."""

    key: str
    label: str
    kind: Literal["text", "choice"]
    options: list[str]
    required: bool


class Answer(msgspec.Struct, frozen=True):
    """What a visitor answered, or what their page told: a name and a value, as said.

    `former`: the inbox did not ask so any more when it arrived; the name is then the page's word for what it showed.
    """

    name: str
    value: str
    former: bool = False


def settings_of(given: ChatSettings) -> ChatSettings:
    """Return settings with clean texts; refuse what cannot be shown or asked."""
    keys = [field.key for field in given.fields]
    if len(set(keys)) != len(keys):
        raise Invalid("chat.fields", "taken", "Two questions have one key.")
    return msgspec.structs.replace(
        given,
        texts={locale: _texts_of(texts) for locale, texts in given.texts.items()},
        fields=[_field_of(field) for field in given.fields],
        departments=list(dict.fromkeys(given.departments)),
    )


def _texts_of(texts: ChatTexts) -> ChatTexts:
    said = {name: line_of(getattr(texts, name), "chat.texts", TEXT_MAX) or "" for name in ChatTexts.__struct_fields__}
    return ChatTexts(**said)


def _field_of(field: Field) -> Field:
    if not _KEY.match(field.key):
        raise Invalid("chat.fields", "key", "A key is small letters, digits and underscores.")
    label = {locale: said for locale, text in field.label.items() if (said := line_of(text, "chat.fields", LABEL_MAX))}
    if not label:
        raise Invalid("chat.fields", "empty", "A question needs its words in one language at least.")
    options = list(dict.fromkeys(required_line(one, "chat.fields", OPTION_MAX) for one in field.options))
    if (field.kind == "choice") != bool(options):
        raise Invalid("chat.fields", "options", "A choice has options, a text has none.")
    return Field(field.key, label, field.kind, options, field.required)


def said_in(texts: Mapping[Locale, str], locale: str) -> str:
    """Return the words in a language, else in the first one there is; empty where there are none."""
    wanted = [one for one in LOCALES if one == locale]
    return next((texts[one] for one in (*wanted, *LOCALES) if texts.get(one)), "")


def text_in(settings: ChatSettings, name: Literal["greeting", "away", "answer_time"], locale: str) -> str:
    """Return one of the chat's own texts in a language, else in the first one that has it."""
    return said_in({lang: getattr(texts, name) for lang, texts in settings.texts.items()}, locale)


def faces_of(fields: list[Field], locale: str) -> list[FieldFace]:
    """Return the inbox's own questions in a visitor's language."""
    return [FieldFace(one.key, said_in(one.label, locale), one.kind, one.options, one.required) for one in fields]


def answers_of(fields: list[Field], given: Mapping[str, str], shown: Mapping[str, str]) -> list[Answer]:
    """Return a visitor's answers to the inbox's own questions, by label; refuse what is missing or cannot be.

    The label is stored with the answer: questions change, what was said does not. `shown` are the words in which the
    visitor's page had them, by the names that refusals have (`fields.order`): what was answered to a question that has
    been changed or taken away since is kept under those, as a former one. What no page has shown is not kept.
    """
    shown = {key: shown[where] for key in given if (where := f"fields.{key}") in shown}
    answers = [answer for field in fields if (answer := _answer_to(field, given.get(field.key), shown.get(field.key)))]
    gone = shown.keys() - {field.key for field in fields}
    said = [(salvaged_line(shown[key], LABEL_MAX), salvaged_line(given[key], ANSWER_MAX)) for key in sorted(gone)]
    return answers + [Answer(name, value, former=True) for name, value in said if name and value][:FIELDS_MAX]


def _answer_to(field: Field, given: str | None, shown: str | None) -> Answer | None:
    where = f"fields.{field.key}"
    said = line_of(given, where, ANSWER_MAX)
    if said is None:
        if field.required:
            raise Invalid(where, "empty", "The desk asks for this before the first message.")
        return None
    asked_so = shown is None or shown in field.label.values()
    if field.kind == "choice" and said not in field.options:
        if field.required or shown is None:
            raise Invalid(where, "not_a_choice", "That is none of the options.")
        asked_so = False
    words = said_in(field.label, "") if asked_so else salvaged_line(shown or "", LABEL_MAX)
    return Answer(words, said, former=not asked_so)


def data_of(given: Mapping[str, str]) -> list[Answer]:
    """Return what a page tells of its visitor, cleaned: names and values as lines, by name; refuse too much of it."""
    if len(given) > DATA_MAX:
        raise Invalid("data", "too_many", f"At most {DATA_MAX} values.")
    pairs = {
        required_line(name, "data", DATA_NAME_MAX): line_of(value, "data", DATA_VALUE_MAX)
        for name, value in given.items()
    }
    return [Answer(name, value) for name, value in sorted(pairs.items()) if value]


def ink_on(colour: str) -> Literal["#fff", "#000"]:
    """Return what can be read on a colour written #rrggbb: white where that reaches 4.5:1 (WCAG 2), else black."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#fff" if 1.05 / (luminance + 0.05) >= 4.5 else "#000"
