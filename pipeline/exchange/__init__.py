"""Projects of other tools in, studies out, and back."""
