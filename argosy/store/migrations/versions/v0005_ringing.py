"""How the alarms of a detector ring, and at which level its base is heard for that."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("detectors", sa.Column("rings_once", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("detectors", sa.Column("base_level", sa.Double(), nullable=False, server_default="1"))


def downgrade() -> None:
    op.drop_column("detectors", "base_level")
    op.drop_column("detectors", "rings_once")
