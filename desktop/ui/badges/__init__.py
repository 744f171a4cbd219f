"""Small painted things: the heart-shaped swing tag, the mark of the product, placeholders."""
