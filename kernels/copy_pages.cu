// copy_pages: page to[i] of a layer's keys (or values) becomes a copy of page from[i]. pages holds the from list, then the to list.
// A page is words 16-byte words (WORD=uint4) or, when its size is no multiple of 16, 4-byte words (WORD=u32).
// Grid: (ceil(words / 256), pages to copy). Block: 256. No page may be in both lists. Bytes: 2 * pages * page bytes.
#include "common.cuh"
struct CopyPages { WORD* cache; const int* pages; int count, words; };
CHECK_PARAMS(CopyPages);

KERNEL(copy_pages, 256, CopyPages) {
    const int i = blockIdx.x * 256 + threadIdx.x;
    if (i >= p.words) return;
    const size_t from = p.pages[blockIdx.y], to = p.pages[p.count + blockIdx.y];
    p.cache[to * p.words + i] = p.cache[from * p.words + i];
}
