"""For maintainers: what the walls cost, which system calls rules need, and which names they may use."""
