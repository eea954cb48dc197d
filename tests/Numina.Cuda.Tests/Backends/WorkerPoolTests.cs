using Numina.Cuda.Backends.Cpu;

namespace Numina.Cuda.Tests.Backends;

[TestFixture]
internal sealed class WorkerPoolTests
{
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(7)]
    public void Every_item_runs_once_job_after_job(int threads)
    {
        using var pool = new WorkerPool(threads);
        for (int round = 0; round < 2000; round++)
        {
            int items = round % 37;
            int[] counts = new int[items];
            var job = new CountJob(counts);
            pool.Run(ref job, items);
            Assert.That(counts, Is.All.EqualTo(1), $"round {round}");
            if (round % 500 == 0)
            {
                // Long enough for the workers to fall asleep.
                Thread.Sleep(20);
            }
        }
    }

    [TestCase(1)]
    [TestCase(3)]
    public void An_exception_reaches_the_caller_and_the_pool_lives_on(int threads)
    {
        using var pool = new WorkerPool(threads);
        var failing = new FailJob();
        Assert.That(() => pool.Run(ref failing, 20), Throws.InvalidOperationException.With.Message.EqualTo("item 11"));
        int[] counts = new int[50];
        var job = new CountJob(counts);
        pool.Run(ref job, 50);
        Assert.That(counts, Is.All.EqualTo(1));
    }

    [Test]
    public void A_job_allocates_nothing()
    {
        using var pool = new WorkerPool(2);
        var job = new CountJob(new int[8]);
        pool.Run(ref job, 8);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 100; round++)
        {
            pool.Run(ref job, 8);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    private readonly struct CountJob(int[] counts) : IParallelJob
    {
        public void Execute(int item, int worker) => Interlocked.Increment(ref counts[item]);
    }

    private readonly struct FailJob : IParallelJob
    {
        public void Execute(int item, int worker)
        {
            if (item == 11)
            {
                throw new InvalidOperationException($"item {item}");
            }
        }
    }
}
