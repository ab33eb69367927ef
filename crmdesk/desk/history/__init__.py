"""What a person did, and taking it back: Edit > Undo, Redo and History."""
