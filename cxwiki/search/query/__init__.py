"""What people type into the search box: words, phrases, operators."""
