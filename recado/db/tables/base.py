"""What all tables are listed in, and how their constraints are named."""

from __future__ import annotations

from sqlalchemy import MetaData

from recado.db.types import NAMES

metadata = MetaData(naming_convention=NAMES)
