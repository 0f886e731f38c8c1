return { name = ... and "simple" or "simple" }
