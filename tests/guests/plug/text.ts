// test:kit/text in AssemblyScript: strings are UTF-16, results lie where `heap` puts them.
// scripts/build_guests.sh gives the exports the names that the canonical ABI wants.

export function cabi_realloc(old: usize, oldSize: usize, alignment: usize, size: usize): usize {
  const block = heap.alloc(size);
  memory.copy(block, old, min(oldSize, size));
  return block;
}

export function shout(pointer: usize, length: usize): usize {
  const text = String.UTF16.decodeUnsafe(pointer, length << 1).toUpperCase();
  const area = heap.alloc(8);
  store<usize>(area, changetype<usize>(text));
  store<u32>(area, text.length, 4);
  return area;
}

export function sum(pointer: usize, length: usize): u64 {
  let total: u64 = 0;
  for (let i: usize = 0; i < length; i++) total += load<u32>(pointer + (i << 2));
  return total;
}
