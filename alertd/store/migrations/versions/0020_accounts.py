"""Who was sent to a provider of accounts, to sign in there."""

import sqlalchemy as sa
from alembic import op

from alertd.store.types import Instant

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accounts_awaited",
        sa.Column("asked", sa.String(64), nullable=False),
        sa.Column("provider", sa.String(64), nullable=False),
        sa.Column("back", sa.String(500), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("asked", name="pk_accounts_awaited"),
    )
    op.create_index("ix_accounts_awaited_ends_at", "accounts_awaited", ["ends_at"])
