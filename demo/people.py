"""Who works at the demo's desk and who has written to it. Written in Spanish, as such a shop would be."""

from __future__ import annotations

from typing import NamedTuple

from recado.domain.actors import Role

PASSWORD = "lamparas-2026"
DEPARTMENTS = ("Ventas", "Soporte")


class Member(NamedTuple):
    """An operator of the demo."""

    username: str
    name: str
    role: Role
    departments: tuple[str, ...]


TEAM = (
    Member("ana", "Ana Morales", Role.OPERATOR, ("Ventas",)),
    Member("bruno", "Bruno Reyes", Role.OPERATOR, ("Ventas",)),
    Member("clara", "Clara Vidal", Role.OPERATOR, ("Soporte",)),
    Member("sara", "Sara Gil", Role.SUPERVISOR, ("Ventas", "Soporte")),
    Member("admin", "Adela Montes", Role.ADMIN, ("Ventas", "Soporte")),
)


class Saved(NamedTuple):
    """A quick reply of the demo: everybody's, or a department's."""

    name: str
    title: str
    text: str
    department: str | None = None


REPLIES = (
    Saved(
        "hola", "Saludo", "Hola, {{customer.first_name}}. Soy {{operator.first_name}}, de {{department.name}}. Lo miro."
    ),
    Saved(
        "gracias", "Despedida", "Gracias por escribirnos, {{customer.first_name}}. Aquí estamos para lo que necesites."
    ),
    Saved(
        "envio", "Plazo de envío", "Los pedidos salen el mismo día antes de las 14:00 y llegan en dos días.", "Ventas"
    ),
    Saved(
        "envio-dos",
        "Pedido en dos paquetes",
        "Hola, {{customer.first_name}}: tu pedido viaja en dos paquetes. El segundo sale hoy.",
        "Ventas",
    ),
    Saved("factura", "Copia de la factura", "Te mando la factura a {{customer.email}} en unos minutos.", "Ventas"),
    Saved("recambio", "Recambios", "Dime qué pieza es y te enviamos el recambio. No cuesta nada.", "Soporte"),
)


class Chat(NamedTuple):
    """A conversation of the demo. Lines that begin with `>` are the operator's; `age_min` is when it began."""

    inbox: str
    name: str | None
    email: str | None
    age_min: int
    operator: str | None
    closed: bool
    lines: tuple[str, ...]
    page: str = "/"


class Talk(NamedTuple):
    """A direct conversation of the demo, with who says what; everybody has read it. `age_min` is when it began."""

    name: str | None
    people: tuple[str, ...]
    age_min: int
    lines: tuple[tuple[str, str], ...]


TALKS = (
    Talk(
        "Inventario",
        ("ana", "bruno", "clara"),
        22 * 60,
        (
            ("bruno", "¿Quién cuenta mañana las lámparas de pie?"),
            ("clara", "Yo puedo a primera hora."),
            ("ana", "Gracias, Clara. Yo sigo con los flexos."),
        ),
    ),
)

CHATS = (
    Chat(
        "Ventas",
        "Elena Roca",
        "elena.roca@correo.example",
        3 * 24 * 60,
        "ana",
        closed=True,
        lines=(
            "Hola, ¿la lámpara Faro se puede regular?",
            "> Hola, Elena. Sí: tiene tres intensidades y recuerda la última.",
            "Perfecto, entonces la pido. Gracias.",
            "> A ti. Sale mañana y llega en dos días.",
        ),
        page="/lampara-faro.html",
    ),
    Chat(
        "Soporte",
        "Tomás Oliveira",
        "tomas@correio.example",
        26 * 60,
        "clara",
        closed=True,
        lines=(
            "Boa tarde, a lâmpada chegou sem o parafuso da base.",
            "> Boa tarde, Tomás. Desculpe; envio o parafuso hoje mesmo.",
            "Obrigado!",
        ),
    ),
    Chat(
        "Ventas",
        "Lucía Ramos",
        "lucia.ramos@correo.example",
        34,
        "ana",
        closed=False,
        lines=(
            "Buenos días. Compré dos lámparas el lunes y me llegó una sola.",
            "> ¡Buenos días, Lucía! Lo miro ahora mismo.",
            "> La segunda salió ayer por la tarde en otro paquete: llega hoy antes de las 14:00.",
            "Ah, perfecto. ¿Puedo cambiar la dirección de entrega?",
        ),
        page="/pedidos.html",
    ),
    Chat(
        "Ventas",
        "Julián Paredes",
        "julian@correo.example",
        14,
        None,
        closed=False,
        lines=(
            "Buenas, hice un pedido anoche y puse mal la dirección.",
            "Es la calle Mitre 1450, no 1405.",
            "¿Hay alguien? Necesito cambiar la dirección",
        ),
        page="/pedidos.html",
    ),
    Chat(
        "Ventas",
        "Marta Cifuentes",
        None,
        6,
        None,
        closed=False,
        lines=("La factura 2026-1183 no trae mi NIF, ¿la pueden corregir?",),
    ),
    Chat(
        "Soporte",
        "Irene Campos",
        "irene.campos@correo.example",
        41,
        "clara",
        closed=False,
        lines=(
            "Hola, la lámpara que compré parpadea al encenderla.",
            "> Hola, Irene. ¿Pasa en todos los enchufes de la casa?",
            "Sí, ya la probé en tres.",
        ),
        page="/taller.html",
    ),
    Chat(
        "Soporte",
        None,
        None,
        2,
        None,
        closed=False,
        lines=("Hola, ¿cómo se limpia la pantalla de tela?",),
    ),
)
