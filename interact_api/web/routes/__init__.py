"""The routes: a file for each noun, as HTTP has it."""
