"""Turns of recurring duties. A notice no longer names a place in the person's channel order."""

import sqlalchemy as sa
from alembic import op

from alertd.store.types import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not a batch, which would copy the table: links of deliveries to notices point at it meanwhile.
    op.drop_column("notices", "channel_place")
    op.add_column("deadlines", sa.Column("turn", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("deadlines", sa.Column("turns_from", Instant(), nullable=True))
