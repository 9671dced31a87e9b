"""Keys that sign somebody in once, and the sessions that come of them."""

import sqlalchemy as sa
from alembic import op

from alertd.store.types import Big, Instant

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sign_in_keys",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("person", sa.String(120), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("used_at", Instant()),
        sa.PrimaryKeyConstraint("key", name="pk_sign_in_keys"),
    )
    op.create_index("ix_sign_in_keys_ends_at", "sign_in_keys", ["ends_at"])
    op.create_table(
        "sessions",
        sa.Column("id", Big, nullable=False, autoincrement=False),
        sa.Column("secret", sa.String(64), nullable=False),
        sa.Column("person", sa.String(120), nullable=False),
        sa.Column("about", sa.String(300), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.UniqueConstraint("secret", name="uq_sessions_secret"),
    )
    op.create_index("ix_sessions_ends_at", "sessions", ["ends_at"])
