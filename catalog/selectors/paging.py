"""Pages of long lists."""

PAGE_SIZE = 24
# Nobody turns forty pages; beyond, a list is narrowed. It also bounds what counting costs.
MOST = 40 * PAGE_SIZE
