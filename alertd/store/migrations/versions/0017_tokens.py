"""Tokens of the API."""

import sqlalchemy as sa
from alembic import op

from alertd.store.types import Big, Instant, Words

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tokens",
        sa.Column("id", Big, nullable=False, autoincrement=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("secret", sa.String(64), nullable=False),
        sa.Column("may", Words(), nullable=False),
        sa.Column("parties", Words(), nullable=False),
        sa.Column("person", sa.String(120), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant()),
        sa.Column("seen_at", Instant()),
        sa.PrimaryKeyConstraint("id", name="pk_tokens"),
        sa.UniqueConstraint("name", name="uq_tokens_name"),
        sa.UniqueConstraint("secret", name="uq_tokens_secret"),
    )
