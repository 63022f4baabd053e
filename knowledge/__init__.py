"""What the county knows: dated, sourced records, and how to find them."""
