"""An event may be urgent, with the reason; some rules say a shorter limit then."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("events", sa.Column("urgent", sa.Text(), nullable=False, server_default=""))
