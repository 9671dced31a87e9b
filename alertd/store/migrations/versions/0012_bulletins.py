"""The bulletins that were mailed, each period once."""

import sqlalchemy as sa
from alembic import op

from alertd.store.types import Day, Instant, Json, Words

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bulletins",
        sa.Column("period", sa.String(40), nullable=False),
        sa.Column("drill", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("first", Day(), nullable=False),
        sa.Column("last", Day(), nullable=False),
        sa.Column("as_of", Instant(), nullable=False),
        sa.Column("previous", Instant(), nullable=False),
        sa.Column("drafted_at", Instant(), nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("people", Words(), nullable=False),
        sa.Column("words", Json(), nullable=False),
        sa.PrimaryKeyConstraint("period", "drill", name="pk_bulletins"),
    )
