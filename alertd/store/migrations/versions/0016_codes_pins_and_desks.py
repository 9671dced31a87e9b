"""Codes that sign somebody in, how often it was tried, PINs, and the screens of duty rooms."""

import sqlalchemy as sa
from alembic import op

from alertd.store.types import Big, Instant

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("sign_in_keys", "sessions"):
        op.add_column(table, sa.Column("desk", sa.String(80), nullable=False, server_default=""))
    op.create_table(
        "sign_in_codes",
        sa.Column("asked", sa.String(64), nullable=False),
        sa.Column("person", sa.String(120), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("guesses", sa.Integer, nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("asked", name="pk_sign_in_codes"),
    )
    op.create_index("ix_sign_in_codes_key", "sign_in_codes", ["key"])
    op.create_index("ix_sign_in_codes_person", "sign_in_codes", ["person"])
    op.create_index("ix_sign_in_codes_ends_at", "sign_in_codes", ["ends_at"])
    op.create_table(
        "sign_in_tries",
        sa.Column("id", Big, nullable=False, autoincrement=False),
        sa.Column("what", sa.String(12), nullable=False),
        sa.Column("person", sa.String(120), nullable=False),
        sa.Column("caller", sa.String(64), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in_tries"),
    )
    op.create_index("ix_sign_in_tries_at", "sign_in_tries", ["at"])
    op.create_table(
        "pins",
        sa.Column("person", sa.String(120), nullable=False),
        sa.Column("hash", sa.String(200), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("person", name="pk_pins"),
    )
