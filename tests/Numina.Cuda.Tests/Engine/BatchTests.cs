using Numina.Cuda.Engine;
using Numina.Cuda.Model;
using Numina.Cuda.Tests.References;

namespace Numina.Cuda.Tests.Engine;

internal sealed class BatchTests
{
    private const int PageSize = 4;

    [Test]
    public void Sequences_that_share_pages_stand_together_and_the_shared_pages_are_named()
    {
        Sequence[] sequences = [Computed(9, 1, 2, 3), Computed(5, 8, 9), Computed(14, 1, 2, 4, 5), Computed(3, 6), Computed(8, 8, 9, 7), Computed(12, 1, 2, 3, 0)];
        var batch = new Batch(PageSize);
        Array.ForEach(sequences, sequence => batch.Add(sequence, 1));
        ForwardBatch step = batch.Arrange();
        Assert.That(batch.Entries.Select(entry => Array.IndexOf(sequences, entry.Sequence)), Is.EqualTo(new[] { 0, 2, 5, 1, 4, 3 }));
        Assert.That(step.PrefixGroups, Is.EqualTo(new[] { new PrefixGroup(0, 3, 2), new PrefixGroup(3, 2, 1) }), "full pages, computed before the step");
    }

    [Test]
    public void A_page_is_not_written_in_the_round_that_reads_it()
    {
        var batch = new Batch(PageSize);
        batch.AddCopy(1, 2);
        batch.AddCopy(1, 3);
        batch.AddCopy(4, 1);
        batch.AddCopy(5, 1);
        Assert.That(batch.Copies.Select(round => string.Join(',', round.To)), Is.EqualTo(new[] { "2,3", "1", "1" }));
    }

    [Test]
    public async Task What_the_engine_says_of_shared_prefixes_is_so()
    {
        // The reference refuses a batch whose groups are not.
        await using var engine = new TestEngine(new ReferenceBackend());
        int[] common = TestEngine.Prompt(20);
        IEnumerable<Session> sessions = Enumerable.Range(0, 12).Select(i => engine.Open([.. common, .. TestEngine.Prompt(i % 4 * 7, i % 4)], i));
        Generation[] generations = await Task.WhenAll(sessions.Select(session => session.GenerateAsync(new GenerationOptions { MaxNewTokens = 12 })));
        Assert.That(generations, Has.Length.EqualTo(12));
    }

    private static Sequence Computed(int tokens, params int[] pages)
    {
        var sequence = new Sequence(0, new int[tokens + 1], 0) { Computed = tokens };
        sequence.Pages.Add(pages);
        return sequence;
    }
}
