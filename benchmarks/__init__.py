"""What the product costs, held against a floor measured in the same run: `./run bench`, never a test with a limit."""
