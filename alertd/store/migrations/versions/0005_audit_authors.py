"""The audit says by which account and on which node something was done."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("audit", sa.Column("account", sa.String(200), nullable=False, server_default=""))
    op.add_column("audit", sa.Column("node", sa.String(80), nullable=False, server_default=""))
