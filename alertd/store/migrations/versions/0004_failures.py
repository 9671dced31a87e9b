"""What follows from a failed attempt is decided once its receipt is safe, and survives a crash in between."""

import sqlalchemy as sa
from alembic import op

from alertd.store.types import Big, Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "failures",
        sa.Column("delivery", Big, nullable=False),
        sa.Column("result", sa.String(12), nullable=False),
        sa.Column("code", sa.String(60), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("address_dead", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("another_way", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("next_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["delivery"], ["deliveries.id"], name="fk_failures_delivery_deliveries"),
        sa.PrimaryKeyConstraint("delivery", name="pk_failures"),
    )
    op.create_index("ix_failures_next_at", "failures", ["next_at"])
