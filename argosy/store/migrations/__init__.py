"""How a store's schema came to be, step by step. Alembic finds the steps by the place of this package."""
