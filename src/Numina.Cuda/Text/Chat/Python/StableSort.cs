using Numina.Cuda.Text.Chat.Jinja;

namespace Numina.Cuda.Text.Chat.Python;

/// <summary>
/// Python's sorted: a merge sort that asks only whether one key is less than another. A library sort would hide the exception of keys without an order inside
/// one of its own.
/// </summary>
internal static class StableSort
{
    /// <summary>The items in order of their keys; equal ones keep theirs, also when descending.</summary>
    public static List<T> Sort<T>(IEnumerable<T> items, Func<T, object?> keyOf, bool descending, Interpreter interpreter)
    {
        (T Item, object? Key)[] entries = [.. items.Select(item => (item, keyOf(item)))];
        (T Item, object? Key)[] merged = new (T, object?)[entries.Length];
        for (int width = 1; width < entries.Length; width *= 2)
        {
            for (int start = 0; start < entries.Length; start += 2 * width)
            {
                Merge(entries, merged, start, width, descending, interpreter);
            }

            (entries, merged) = (merged, entries);
        }

        return [.. entries.Select(entry => entry.Item)];
    }

    private static void Merge<T>((T Item, object? Key)[] from, (T Item, object? Key)[] into, int start, int width, bool descending, Interpreter interpreter)
    {
        int middle = Math.Min(start + width, from.Length);
        int end = Math.Min(start + (2 * width), from.Length);
        int left = start;
        int right = middle;
        for (int at = start; at < end; at++)
        {
            bool takeRight = left == middle || (right < end && (descending
                ? Ordering.Holds("<", from[left].Key, from[right].Key, interpreter)
                : Ordering.Holds("<", from[right].Key, from[left].Key, interpreter)));
            into[at] = takeRight ? from[right++] : from[left++];
        }
    }
}
