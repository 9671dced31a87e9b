"""Versions of a case, requests and their decisions, breaches, figures given as fractions."""

import sqlalchemy as sa
from alembic import op

from alertd.store.types import Big, Day, Instant, Json

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("cases") as batch:
        batch.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch.add_column(sa.Column("closed_at", Instant(), nullable=True))
    with op.batch_alter_table("events") as batch:
        batch.add_column(sa.Column("case_version", sa.Integer(), nullable=False, server_default="1"))
        batch.add_column(sa.Column("severity", sa.String(40), nullable=False, server_default=""))
        batch.add_column(sa.Column("confirm_by", Instant(), nullable=True))
        batch.create_index("ix_events_confirm_by", ["confirm_by"])
    with op.batch_alter_table("deadlines") as batch:
        batch.add_column(sa.Column("case_version", sa.Integer(), nullable=False, server_default="1"))
        batch.add_column(sa.Column("review_due", Instant(), nullable=True))
        batch.add_column(sa.Column("suspended_at", Instant(), nullable=True))
        batch.add_column(sa.Column("limit_by", sa.String(12), nullable=False, server_default=""))
        batch.add_column(sa.Column("carried_from", sa.String(300), nullable=False, server_default=""))
    with op.batch_alter_table("progress") as batch:
        batch.add_column(sa.Column("case_id", sa.String(120), nullable=True))
    with op.batch_alter_table("nodes") as batch:
        batch.add_column(sa.Column("stopped_at", Instant(), nullable=True))
        batch.add_column(sa.Column("about", Json(), nullable=True))
    op.create_table(
        "requests",
        sa.Column("id", Big, autoincrement=False, nullable=False),
        sa.Column("deadline", Big, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("asked_by", sa.String(200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("wanted", Json(), nullable=True),
        sa.Column("decide_by", Instant(), nullable=True),
        sa.Column("decision", sa.String(12), nullable=False),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("decided_by", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_requests"),
        sa.ForeignKeyConstraint(["deadline"], ["deadlines.number"], name="fk_requests_deadline"),
    )
    op.create_index("ix_requests_deadline", "requests", ["deadline"])
    op.create_table(
        "breaches",
        sa.Column("id", Big, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.Column("case_id", sa.String(120), nullable=True),
        sa.Column("deadline", Big, nullable=True),
        sa.Column("event_id", sa.String(160), nullable=True),
        sa.Column("detail", Json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_breaches"),
    )
    op.create_index("ix_breaches_case_id", "breaches", ["case_id"])
    op.create_table(
        "fractions",
        sa.Column("id", Big, autoincrement=False, nullable=False),
        sa.Column("obligation", sa.String(120), nullable=False),
        sa.Column("party", sa.String(80), nullable=False),
        sa.Column("on_day", Day(), nullable=False),
        sa.Column("numerator", sa.Float(), nullable=False),
        sa.Column("denominator", sa.Float(), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_fractions"),
    )
    op.create_index("ix_fractions_obligation_party_on_day", "fractions", ["obligation", "party", "on_day"])
