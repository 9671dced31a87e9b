"""Who is asked in somebody's place about one deadline."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("deadlines", sa.Column("handed", sa.Text(), nullable=False, server_default=""))
