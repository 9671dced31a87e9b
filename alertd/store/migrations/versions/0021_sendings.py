"""What left over channels that have limits."""

import sqlalchemy as sa
from alembic import op

from alertd.store.types import Big, Instant

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sendings",
        sa.Column("delivery", Big, nullable=False, autoincrement=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("person", sa.String(80), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("mark", sa.String(32), nullable=False, server_default=""),
        sa.Column("provider_id", sa.String(60), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("delivery", name="pk_sendings"),
        sa.ForeignKeyConstraint(["delivery"], ["deliveries.id"], name="fk_sendings_delivery_deliveries"),
    )
    op.create_index("ix_sendings_channel_at", "sendings", ["channel", "at"])
    op.create_index("ix_sendings_channel_provider_id", "sendings", ["channel", "provider_id"])
