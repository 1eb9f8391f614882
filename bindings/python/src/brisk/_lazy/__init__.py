"""What brisk.lazy imports at a first use; itself it is a file, which is found faster."""
