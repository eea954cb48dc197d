using CsCheck;
using Numina.Cuda.Engine;

namespace Numina.Cuda.Tests.Engine;

/// <summary>Pages under random use: none leaks, none is freed twice, none that another reads is written.</summary>
internal sealed class PageTests
{
    private const int Pages = 40;
    private const int PageSize = 4;
    private const int Steps = 10_000;

    [Test]
    public void Random_use_neither_leaks_nor_frees_twice() =>
        Gen.Select(Gen.Int[0, 6], Gen.Int[0, 1 << 20]).Array[Steps].Sample(operations => new Play().Run(operations), iter: 1, seed: "0000KDfCjmUq", threads: 1);

    [Test]
    public void Releasing_what_nobody_holds_is_an_error()
    {
        var pool = new PagePool(2, _ => { });
        Assert.That(pool.TryAllocate(out int page));
        pool.Release(page);
        Assert.That(() => pool.Release(page), Throws.InvalidOperationException);
    }

    [Test]
    public void The_page_free_longest_is_reused_first_and_its_content_forgotten()
    {
        var forgotten = new List<int>();
        var pool = new PagePool(3, forgotten.Add);
        int[] pages = [.. Enumerable.Range(0, 3).Select(_ => pool.TryAllocate(out int page) ? page : -1)];
        Assert.That(pool.TryAllocate(out _), Is.False);
        pool.Release(pages[1]);
        pool.Release(pages[0]);
        pool.Share(pages[1]);
        pool.Release(pages[1]);
        forgotten.Clear();
        Assert.That(pool.TryAllocate(out int first));
        Assert.That(first, Is.EqualTo(pages[0]));
        Assert.That(forgotten, Is.EqualTo(new[] { pages[0] }));
        Assert.That(pool.Peak, Is.EqualTo(3));
    }

    /// <summary>
    /// Sequences that are opened, extended, forked, cut, emptied and closed at random, against a model of what each page holds: for every slot the whole text up to it.
    /// </summary>
    private sealed class Play
    {
        private readonly PageTables _tables = new(Pages, PageSize);
        private readonly List<Sequence> _sequences = [];
        private readonly string[,] _content = new string[Pages, PageSize];
        private long _age;

        public void Run((int Kind, int Choice)[] operations)
        {
            foreach ((int kind, int choice) in operations)
            {
                Sequence? sequence = _sequences.Count > 0 ? _sequences[choice % _sequences.Count] : null;
                Apply(kind, choice / 7, sequence);
                CheckReferences();
                Array.ForEach([.. _sequences], CheckContent);
            }

            _sequences.ForEach(_tables.ReleaseAll);
            Assert.That(_tables.Pool.Free, Is.EqualTo(Pages), "all pages come back");
        }

        private void Apply(int kind, int choice, Sequence? sequence)
        {
            if (sequence == null || (kind == 0 && _sequences.Count < 12))
            {
                Open(choice);
                return;
            }

            switch (kind)
            {
                case 1 when _sequences.Count < 12:
                    var fork = new Sequence(_age++, sequence);
                    _tables.Share(sequence, fork);
                    _sequences.Add(fork);
                    break;
                case 2:
                    sequence.Truncate(1 + choice % sequence.Tokens.Count);
                    _tables.Trim(sequence);
                    break;
                case 3:
                    _tables.ReleaseAll(sequence);
                    break;
                case 4 when choice % 3 == 0:
                    _tables.ReleaseAll(sequence);
                    _sequences.Remove(sequence);
                    break;
                default:
                    Extend(sequence, choice);
                    break;
            }
        }

        private void Open(int choice)
        {
            // Few different prompts, so that prefixes are found.
            int[] prompt = [.. Enumerable.Range(0, 1 + choice % 19).Select(i => i / 5 * (choice % 3))];
            var sequence = new Sequence(_age++, prompt, 0);
            _tables.Adopt(sequence, _tables.Index.Find(sequence, prompt.Length - 1));
            _sequences.Add(sequence);
        }

        private void Extend(Sequence sequence, int choice)
        {
            if (sequence.Tokens.Count < 60)
            {
                sequence.Append(Enumerable.Repeat(choice % 2, choice % 6).ToArray(), 0);
            }

            var batch = new Batch(PageSize);
            sequence.Computed = Math.Min(sequence.Computed, sequence.Tokens.Count - 1);
            bool writable = _tables.TryMakeWritable(sequence, sequence.Tokens.Count, batch);
            foreach (PageCopies copies in batch.Copies)
            {
                foreach ((int from, int to) in copies.From.Zip(copies.To))
                {
                    Copy(from, to);
                }
            }

            if (!writable)
            {
                _tables.ReleaseAll(sequence);
                return;
            }

            int before = sequence.Computed;
            for (; sequence.Computed < sequence.Tokens.Count; sequence.Computed++)
            {
                int page = sequence.Pages[sequence.Computed / PageSize], offset = sequence.Computed % PageSize;
                Assert.That(_tables.Pool.References(page), Is.EqualTo(1), "a page that is written has one holder");
                _content[page, offset] = TextUpTo(sequence, sequence.Computed);
            }

            _tables.Publish(sequence, before, sequence.Tokens.Count);
        }

        private void Copy(int from, int to)
        {
            for (int offset = 0; offset < PageSize; offset++)
            {
                _content[to, offset] = _content[from, offset];
            }
        }

        private void CheckReferences()
        {
            _tables.Pool.CheckIntegrity();
            int[] holders = new int[Pages];
            foreach (int page in _sequences.SelectMany(sequence => sequence.Pages))
            {
                holders[page]++;
            }

            for (int page = 0; page < Pages; page++)
            {
                Assert.That(_tables.Pool.References(page), Is.EqualTo(holders[page]), $"page {page}");
            }
        }

        private void CheckContent(Sequence sequence)
        {
            for (int i = 0; i < sequence.Computed; i++)
            {
                Assert.That(_content[sequence.Pages[i / PageSize], i % PageSize], Is.EqualTo(TextUpTo(sequence, i)));
            }
        }

        private static string TextUpTo(Sequence sequence, int position) => string.Join(' ', sequence.Tokens.Take(position + 1));
    }
}
