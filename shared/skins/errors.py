"""What can be wrong with a pack."""


class SkinError(Exception):
    """The skin cannot be worn. Ask its author for a corrected one; nothing was changed."""

    def __init__(self, *sentences: str) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences
