"""What the documentation holds that must be true: reference pages, drawings, and the site that is built of them."""
