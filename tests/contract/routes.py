"""Every route with whom it is for and how it is called rightly. A route that is missing here fails a test."""

from typing import Any, Literal, NamedTuple
from urllib.parse import quote

from tests.web.doors import CONSOLE, WIDGET
from tests.world import EPOCH, PASSWORD, SHOP, new_client_id

Needs = Literal[
    "anybody",
    "operator",
    "reader",
    "writer",
    "keeper",
    "owner",
    "claimer",
    "mover",
    "ender",
    "closer",
    "successor",
    "author",
    "holder",
    "looker",
    "drafter",
    "uploader",
    "file reader",
    "participant",
    "starter",
    "supervisor",
    "admin",
    "visitor",
    "own",
]
"""`reader`: who reads the conversation; `writer`: also writes, so that the end refuses; `keeper`: also who has just
lost it to a colleague; `owner`: who attends it; `claimer`: who may take it, or has it; `mover`: also its
department's supervisor; `ender`: whose it is or, while it waits, whoever reads it; `closer`: whose it was, and who
is still in its department; `successor`: who reads it and is of its department, once it has ended; `author`: who
wrote the note in it, and still reads it; `holder`: whose it is, also once they have closed it; `looker`: a
supervisor of its department, while a colleague attends it; `drafter`: whose draft it is; `uploader`: who sends the
file; `file reader`: who reads the conversation, and nobody else is told who has it; `participant`: who takes part
in the direct conversation; `starter`: who has written its first message; `own`: whose conversation."""


class Route(NamedTuple):
    """One route. In `query` and `body` stands what makes a right call; `{...}` in the path stands for the object.

    The queries of conversations ask for what is there, so that an answer has something that might leak.
    """

    method: str
    path: str
    needs: Needs
    body: dict[str, Any] | None = None
    query: str = ""
    status: int = 200
    raw: bool = False
    """Whether the answer is a file and not JSON."""

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


CONVERSATION = f"{CONSOLE}/conversations/{{number}}"
DIRECT = f"{CONSOLE}/directs/{{number}}"
OWN = f"{WIDGET}/conversations/{{which}}"
NOTE = 1_000_002
"""The number of the note in each conversation; its author has edited it once."""
SAID = 1_000_001
"""The number of the first message in the direct conversation; its author has edited it once."""
TEXT = {"body": "Good morning."}
INBOX = {"name": "Blog", "department": 1, "sites": [SHOP]}
HOURS = {"hours": {"zone": "Europe/Madrid", "week": [{"day": 0, "opens": 540, "closes": 1080}]}}
REPLY = {"name": "saludo", "text": "Hola, {{customer.first_name}}"}
FILE = {"name": "presupuesto.pdf", "size": 1000}
FORMATS = {"formats": [{"name": "pdf", "max_bytes": 1_000_000}]}
SOUNDS = {"waiting": "bell", "mine": "none", "internal": "drop", "mention": "knock"}
CHOICES = {"customers": "mine", "internal": "all", "sounds": SOUNDS, "push": True, "email": False, "quiet": None}
NEW_PASSWORD = "another long password"
BROWSER = {
    "endpoint": "https://push.example/one",
    "key": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "secret": "BTBZMqHH6r4Tts7J_aSIgg",
    "name": "Firefox",
}
NEWCOMER = {"token": "unknown", "name": "Nadia", "username": "nadia", "password": PASSWORD}

ROUTES = (
    # ── operators ────────────────────────────────────────────────────────────────────────────────────────────────
    Route("POST", f"{CONSOLE}/session", "anybody", {"username": "ana", "password": PASSWORD}),
    Route("POST", f"{CONSOLE}/setup", "anybody", NEWCOMER, status=404),
    Route("POST", f"{CONSOLE}/setup/look", "anybody", {"token": "unknown"}, status=404),
    Route("POST", f"{CONSOLE}/invitations/look", "anybody", {"token": "unknown"}, status=404),
    Route("POST", f"{CONSOLE}/invitations/accept", "anybody", NEWCOMER, status=404),
    Route("POST", f"{CONSOLE}/resets/look", "anybody", {"token": "unknown"}, status=404),
    Route("POST", f"{CONSOLE}/resets", "anybody", {"token": "unknown", "password": NEW_PASSWORD}, status=404),
    Route("GET", f"{CONSOLE}/session", "operator"),
    Route("DELETE", f"{CONSOLE}/session", "operator", status=204),
    Route("PATCH", f"{CONSOLE}/me", "operator", {"theme": "dark"}),
    Route("PUT", f"{CONSOLE}/me/password", "operator", {"current": PASSWORD, "password": NEW_PASSWORD}, status=204),
    Route("GET", f"{CONSOLE}/me/sessions", "operator"),
    Route("DELETE", f"{CONSOLE}/me/sessions", "operator", status=204),
    Route("DELETE", f"{CONSOLE}/me/sessions/{{which}}", "operator", status=404),
    Route("GET", f"{CONSOLE}/desk", "operator"),
    Route("GET", f"{CONSOLE}/counts", "operator"),
    Route("GET", f"{CONSOLE}/conversations", "operator", query="?list=waiting"),
    Route("POST", f"{CONSOLE}/conversations/search", "operator", {"name": "a"}),
    Route("GET", CONVERSATION, "reader"),
    Route("GET", f"{CONVERSATION}/entries", "reader", query="?before=2000000"),
    Route("GET", f"{CONVERSATION}/entries", "reader", query="?around=1000001"),
    Route("GET", f"{CONVERSATION}/entries", "reader", query="?at=1795000000000000"),
    Route("GET", f"{CONVERSATION}/changes", "reader", query=f"?since=0&epoch={quote(EPOCH)}"),
    Route("POST", f"{CONVERSATION}/messages", "writer", {"client_id": "", **TEXT}, status=201),
    Route("PATCH", f"{CONVERSATION}/messages", "author", {"seq": NOTE, "edits": 1, **TEXT}),
    Route("POST", f"{CONVERSATION}/messages/delete", "author", {"seq": NOTE}),
    Route("POST", f"{CONVERSATION}/messages/undo", "author", {"seq": NOTE}),
    Route("GET", f"{CONVERSATION}/versions", "reader", query=f"?seq={NOTE}"),
    Route("POST", f"{CONVERSATION}/read", "reader", {"seq": 1}, status=204),
    Route("GET", f"{CONVERSATION}/background", "reader"),
    Route("POST", f"{CONVERSATION}/claim", "claimer", {}),
    Route("POST", f"{CONVERSATION}/acknowledge", "claimer", {}),
    Route("POST", f"{CONVERSATION}/release", "mover", {}),
    Route("POST", f"{CONVERSATION}/transfer", "mover", {"department": 1}),
    Route("POST", f"{CONVERSATION}/pause", "owner", {}),
    Route("POST", f"{CONVERSATION}/resume", "owner", {}),
    Route("POST", f"{CONVERSATION}/close", "holder", {}),
    Route("POST", f"{CONVERSATION}/reopen", "closer", {}),
    Route("POST", f"{CONVERSATION}/new", "successor", {"client_id": "", **TEXT}, status=201),
    Route("POST", f"{CONVERSATION}/block", "ender", {}),
    Route("POST", f"{CONVERSATION}/look-in", "looker", {}),
    Route("DELETE", f"{CONVERSATION}/look-in", "operator", status=204),
    Route("PUT", f"{CONVERSATION}/alerts", "reader", {"alerts": "none"}),
    Route("GET", f"{CONSOLE}/notices", "operator"),
    Route("PATCH", f"{CONSOLE}/notices", "operator", {"zone": "Europe/Madrid"}),
    Route("PUT", f"{CONSOLE}/notices/dnd", "operator", {"until": None}),
    Route("GET", f"{CONSOLE}/targets", "operator"),
    Route("GET", f"{CONSOLE}/team", "supervisor"),
    Route("GET", f"{CONSOLE}/blocks", "supervisor"),
    Route("DELETE", f"{CONSOLE}/blocks/{{number}}", "supervisor", status=204),
    Route("PUT", f"{CONVERSATION}/draft", "keeper", TEXT, status=204),
    Route("GET", f"{CONSOLE}/drafts", "operator"),
    Route("DELETE", f"{CONSOLE}/drafts/{{number}}", "drafter", status=204),
    Route("GET", f"{CONSOLE}/replies", "operator"),
    Route("GET", f"{CONSOLE}/replies/table", "operator"),
    Route("POST", f"{CONSOLE}/replies", "operator", {**REPLY, "scope": "personal"}, status=201),
    Route("POST", f"{CONSOLE}/replies/table", "operator", {"csv": "name,text\nadios,Hasta pronto\n"}),
    # Everybody's: the first there is.
    Route("PUT", f"{CONSOLE}/replies/{{number}}", "admin", {**REPLY, "scope": "all"}),
    Route("POST", f"{CONSOLE}/replies/{{number}}/place", "admin", {"before": None}, status=204),
    Route("DELETE", f"{CONSOLE}/replies/{{number}}", "admin", status=204),
    Route("POST", f"{CONSOLE}/replies/removal", "admin", {"ids": [1]}, status=204),
    Route("GET", f"{CONSOLE}/files/rules", "operator"),
    Route("POST", f"{CONVERSATION}/uploads", "reader", FILE, status=201),
    Route("POST", f"{CONVERSATION}/draft/reply", "reader", {"reply": 1}),
    Route("POST", f"{CONSOLE}/replies/uploads", "operator", FILE, status=201),
    Route("GET", f"{CONSOLE}/uploads/{{which}}", "uploader"),
    Route("PATCH", f"{CONSOLE}/uploads/{{which}}", "uploader", query="?offset=0"),
    Route("DELETE", f"{CONSOLE}/uploads/{{which}}", "uploader", status=204),
    Route("GET", f"{CONSOLE}/files/{{which}}", "file reader", raw=True),
    Route("GET", f"{CONSOLE}/files/{{which}}/thumbnail", "file reader", raw=True),
    Route("GET", f"{CONSOLE}/files/{{which}}/sound", "file reader", raw=True),
    Route("PUT", f"{CONSOLE}/push", "operator", BROWSER, status=204),
    Route("DELETE", f"{CONSOLE}/push", "operator", status=204),
    # Nobody has a browser that is told.
    Route("DELETE", f"{CONSOLE}/push/{{number}}", "operator", status=404),
    # Nobody has set up a server that takes mail.
    Route("POST", f"{CONSOLE}/notices/test", "operator", {"way": "email"}, status=422),
    # ── direct conversations ──────────────────────────────────────────────────────────────────────────────────────
    Route("GET", f"{CONSOLE}/directs", "operator"),
    Route("GET", f"{CONSOLE}/directs/counts", "operator"),
    Route("GET", f"{CONSOLE}/directs/people", "operator"),
    Route("GET", f"{CONSOLE}/directs/with", "operator", query="?people=2&people=3"),
    Route("POST", f"{CONSOLE}/directs", "operator", {"client_id": "", "people": [2, 3], **TEXT}, status=201),
    Route("GET", DIRECT, "participant"),
    Route("GET", f"{DIRECT}/entries", "participant", query="?before=2000000"),
    Route("GET", f"{DIRECT}/changes", "participant", query=f"?since=0&epoch={quote(EPOCH)}"),
    Route("GET", f"{DIRECT}/versions", "participant", query=f"?seq={SAID}"),
    Route("POST", f"{DIRECT}/messages", "participant", {"client_id": "", **TEXT}, status=201),
    Route("PATCH", f"{DIRECT}/messages", "starter", {"seq": SAID, "edits": 1, **TEXT}),
    Route("POST", f"{DIRECT}/messages/delete", "starter", {"seq": SAID}),
    Route("POST", f"{DIRECT}/messages/undo", "starter", {"seq": SAID + 3}),
    Route("GET", f"{CONSOLE}/directs/drafts", "operator"),
    Route("POST", f"{DIRECT}/uploads", "participant", FILE, status=201),
    Route("PUT", f"{DIRECT}/draft", "participant", TEXT, status=204),
    Route("PUT", f"{DIRECT}/read", "participant", {"seq": SAID}, status=204),
    Route("PUT", f"{DIRECT}/archive", "participant", {}),
    Route("DELETE", f"{DIRECT}/archive", "participant"),
    Route("PUT", f"{DIRECT}/alerts", "participant", {"alerts": "none"}),
    Route("PUT", f"{DIRECT}/name", "participant", {"name": "Inventario"}),
    Route("POST", f"{DIRECT}/people", "participant", {"people": [2, 3], "from_start": True}),
    Route("DELETE", f"{DIRECT}/people/me", "participant", status=204),
    # ── settings ─────────────────────────────────────────────────────────────────────────────────────────────────
    Route("PUT", f"{CONSOLE}/files/rules", "admin", FORMATS),
    Route("GET", f"{CONSOLE}/settings/notices", "admin"),
    Route("PUT", f"{CONSOLE}/settings/notices", "admin", {"choices": CHOICES}),
    Route("GET", f"{CONSOLE}/departments", "admin"),
    Route("POST", f"{CONSOLE}/departments", "admin", {"name": "Almacén"}, status=201),
    Route("PATCH", f"{CONSOLE}/departments/{{number}}", "admin", {"name": "Otro"}),
    Route("GET", f"{CONSOLE}/reasons", "admin"),
    Route("POST", f"{CONSOLE}/reasons", "admin", {"name": "Vendida"}, status=201),
    Route("PATCH", f"{CONSOLE}/reasons/{{number}}", "admin", {"name": "Otra"}),
    Route("GET", f"{CONSOLE}/operators", "admin"),
    Route("PATCH", f"{CONSOLE}/operators/{{number}}", "admin", {"name": "Otra"}),
    Route("POST", f"{CONSOLE}/operators/{{number}}/reset-link", "admin", {}, status=201),
    Route("GET", f"{CONSOLE}/audit", "admin"),
    Route("GET", f"{CONSOLE}/invitations", "admin"),
    Route("POST", f"{CONSOLE}/invitations", "admin", {"role": "operator", "departments": [1]}, status=201),
    Route("DELETE", f"{CONSOLE}/invitations/{{number}}", "admin", status=204),
    Route("GET", f"{CONSOLE}/inboxes", "admin"),
    Route("POST", f"{CONSOLE}/inboxes", "admin", INBOX, status=201),
    Route("PATCH", f"{CONSOLE}/inboxes/{{number}}", "admin", INBOX),
    Route("PUT", f"{CONSOLE}/departments/{{number}}/hours", "admin", HOURS),
    Route("GET", f"{CONSOLE}/departments/{{number}}/backlog", "admin", query="?rule=least_busy"),
    Route("POST", f"{CONSOLE}/hours/look", "admin", HOURS),
    Route("GET", f"{CONSOLE}/zones", "admin"),
    Route("POST", f"{CONSOLE}/inboxes/{{number}}/secrets", "admin", {}, status=201),
    Route("DELETE", f"{CONSOLE}/secrets/{{number}}", "admin", status=204),
    # ── visitors ─────────────────────────────────────────────────────────────────────────────────────────────────
    Route("GET", f"{WIDGET}/inboxes/{{which}}", "anybody", status=404),
    Route("POST", f"{WIDGET}/visits", "anybody", {"inbox": "unknown", "site": SHOP}, status=404),
    Route("GET", f"{WIDGET}/answering", "visitor"),
    Route("GET", f"{WIDGET}/conversations", "visitor"),
    Route("POST", f"{WIDGET}/conversations", "visitor", {"client_id": "", **TEXT}, status=201),
    Route("GET", OWN, "own"),
    Route("GET", f"{OWN}/entries", "own", query="?before=10"),
    Route("GET", f"{OWN}/changes", "own", query=f"?since=0&epoch={quote(EPOCH)}"),
    Route("POST", f"{OWN}/messages", "own", {"client_id": "", **TEXT}, status=201),
    Route("POST", f"{OWN}/read", "own", {"seq": 1}, status=204),
    Route("GET", f"{WIDGET}/files/rules", "visitor"),
    Route("POST", f"{WIDGET}/uploads", "visitor", FILE, status=201),
    Route("GET", f"{WIDGET}/uploads/{{which}}", "own"),
    Route("PATCH", f"{WIDGET}/uploads/{{which}}", "own", query="?offset=0"),
    Route("DELETE", f"{WIDGET}/uploads/{{which}}", "own", status=204),
    Route("GET", f"{WIDGET}/files/{{which}}", "own", raw=True),
    Route("GET", f"{WIDGET}/files/{{which}}/thumbnail", "own", raw=True),
    Route("GET", f"{WIDGET}/files/{{which}}/sound", "own", raw=True),
    # ── everybody ────────────────────────────────────────────────────────────────────────────────────────────────
    Route("GET", "/healthz", "anybody"),
    Route("GET", "/readyz", "anybody"),
)
PAGES = {
    "/",
    "/{path}",
    "/widget.js",
    "/widget.d.ts",
    "/widget/{key}",
    "/widget-assets/{path}",
    "/assets/{path}",
    "/install/{path}",
    "/sw.js",
}
"""The built pages, the same for everybody; `tests/web/test_pages.py` has them."""
DESCRIPTION = "/api/v1/schema"
"""Where the description of the interface stands, made by the framework."""


def body_of(route: Route) -> dict[str, Any] | None:
    """A right body, with a client id that was never sent before."""
    if route.body is not None and "client_id" in route.body:
        return route.body | {"client_id": new_client_id()}
    return route.body


def path_of(route: Route, which: object) -> str:
    """The path for one object, with its query."""
    return route.path.replace("{number}", str(which)).replace("{which}", str(which)) + route.query
