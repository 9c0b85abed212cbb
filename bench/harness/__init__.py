"""The benchmark in parts: tools and peers are built, sections measure, figures are told as tables and as a record."""
