"""What was written and read by nobody goes: when a request is to be decided by, when an event was told."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("requests", "decide_by")
    op.drop_column("events", "told_at")
