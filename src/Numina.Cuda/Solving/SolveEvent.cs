namespace Numina.Cuda.Solving;

/// <summary>What happens while a problem is solved, for live tables and logs. Events of one trace come in order; those of several come at the same time.</summary>
/// <param name="Sample">The trace.</param>
public abstract record SolveEvent(int Sample);

/// <summary>The model wrote a piece of text.</summary>
public sealed record TextWritten(int Sample, string Text) : SolveEvent(Sample);

/// <summary>A code block went to Python; the trace is parked.</summary>
public sealed record ExecutionStarted(int Sample, string Code) : SolveEvent(Sample);

/// <summary>Python answered; the appended text is what the model reads.</summary>
public sealed record ExecutionFinished(int Sample, ExecutionRecord Execution, string Appended) : SolveEvent(Sample);

/// <summary>The trace failed and starts again from the prompt.</summary>
public sealed record TraceRestarted(int Sample, int Attempt, TraceEnd Because) : SolveEvent(Sample);

/// <summary>The trace is done.</summary>
public sealed record TraceFinished(int Sample, TraceRecord Trace) : SolveEvent(Sample);
