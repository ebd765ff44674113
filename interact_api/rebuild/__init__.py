"""The worker: what people did becomes the pages that readers see."""
