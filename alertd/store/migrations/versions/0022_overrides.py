"""What is entered on a page or a command, and rules over the files."""

import sqlalchemy as sa
from alembic import op

from alertd.store.types import Big, Instant, Json

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "overrides",
        sa.Column("id", Big, nullable=False, autoincrement=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("about", sa.String(20), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("what", Json(), nullable=False),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("begins_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant()),
        sa.Column("ended_at", Instant()),
        sa.Column("ended_by", sa.String(200), nullable=False, server_default=""),
        sa.Column("next_at", Instant()),
        sa.PrimaryKeyConstraint("id", name="pk_overrides"),
    )
    op.create_index("ix_overrides_kind_ends_at", "overrides", ["kind", "ends_at"])
    op.create_index("ix_overrides_next_at", "overrides", ["next_at"])
