"""Messages of hour clocks leave before those of day clocks."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column: sa.Column[bool] = sa.Column(
        "by_the_hour", sa.Boolean(), nullable=False, server_default=sa.false()
    )
    op.add_column("deliveries", column)
    table = sa.table("deliveries", sa.column("bundle"), sa.column("template"), sa.column("by_the_hour"))
    urgent = sa.or_(table.c.bundle.like("h|%"), table.c.bundle.like("drill|h|%"), table.c.template == "told")
    op.execute(table.update().where(urgent).values(by_the_hour=sa.true()))
