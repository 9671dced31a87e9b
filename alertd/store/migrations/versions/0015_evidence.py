"""Files that prove hand-ins, in pieces."""

import sqlalchemy as sa
from alembic import op

from alertd.store.types import Big, Instant

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "evidence",
        sa.Column("id", Big, nullable=False, autoincrement=False),
        sa.Column("deadline", Big, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("kept_at", Instant(), nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_evidence"),
        sa.ForeignKeyConstraint(["deadline"], ["deadlines.number"], name="fk_evidence_deadline"),
        sa.UniqueConstraint("deadline", "sha256", name="uq_evidence_deadline_sha256"),
    )
    op.create_table(
        "evidence_pieces",
        sa.Column("evidence", Big, nullable=False, autoincrement=False),
        sa.Column("piece", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("evidence", "piece", name="pk_evidence_pieces"),
        sa.ForeignKeyConstraint(["evidence"], ["evidence.id"], name="fk_evidence_pieces_evidence"),
    )
