# Usage: ./build.ps1 run|test|bench|publish|format [arguments]. Needs the .NET 10 SDK, Python 3 with numpy and sympy, and g++ for the tests.
param([Parameter(Position = 0)][string]$Verb, [Parameter(ValueFromRemainingArguments)][string[]]$Rest = @())
$ErrorActionPreference = 'Stop'
Set-Location $PSScriptRoot
$env:DOTNET_CLI_TELEMETRY_OPTOUT = '1'
$env:DOTNET_NOLOGO = '1'

function Stop-Build([string]$Message) { [Console]::Error.WriteLine("build.ps1: $Message"); exit 1 }
function Assert-Dotnet { if (-not (Get-Command dotnet -ErrorAction SilentlyContinue)) { Stop-Build 'the .NET 10 SDK is missing: https://dotnet.microsoft.com/download' } }
function Assert-Success { if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE } }

# Installs numpy and sympy into a virtual environment of our own when no interpreter on PATH has them.
function Assert-Python {
    $cache = if ($env:XDG_CACHE_HOME) { $env:XDG_CACHE_HOME } elseif ($IsWindows) { $env:LOCALAPPDATA } else { Join-Path $HOME '.cache' }
    $venv = Join-Path $cache 'numina-cuda' 'python'
    $inVenv = if ($IsWindows) { Join-Path $venv 'Scripts' 'python.exe' } else { Join-Path $venv 'bin' 'python3' }
    $onPath = @(Get-Command python3, python -All -ErrorAction SilentlyContinue | ForEach-Object Source)
    foreach ($python in @($env:NUMINA_PYTHON) + $onPath + @($inVenv)) {
        if ($python -and (Test-Path $python)) {
            & $python -c 'import numpy, sympy' 2>$null
            if ($LASTEXITCODE -eq 0) { return }
        }
    }
    if (-not $onPath) { Stop-Build 'Python 3.8 or newer with numpy and sympy is missing: https://www.python.org/downloads' }
    & $onPath[0] -m venv $venv; Assert-Success
    & $inVenv -m pip install --quiet numpy sympy; Assert-Success
}

function Build([string]$Project) { dotnet build $Project -c Release --nologo -v quiet -clp:NoSummary; Assert-Success }

switch ($Verb) {
    'run' { Assert-Dotnet; Assert-Python; Build src/Numina.Cuda.Cli; dotnet src/Numina.Cuda.Cli/bin/Release/net10.0/numina-cuda.dll run @Rest }
    'test' {
        Assert-Dotnet; Assert-Python
        if (-not (Get-Command g++ -ErrorAction SilentlyContinue)) { Stop-Build 'g++ is missing (the tests build an emulated CUDA driver with it)' }
        Build Numina.Cuda.sln
        dotnet test tests/Numina.Cuda.Tests -c Release --no-build --nologo @Rest
    }
    'bench' { Assert-Dotnet; Assert-Python; Build bench/Numina.Cuda.Bench; dotnet bench/Numina.Cuda.Bench/bin/Release/net10.0/numina-bench.dll @Rest }
    'publish' { Assert-Dotnet; dotnet publish src/Numina.Cuda.Cli -c Release --nologo --use-current-runtime --self-contained -p:PublishSingleFile=true -o artifacts/publish @Rest }
    'format' { Assert-Dotnet; dotnet format Numina.Cuda.sln @Rest }
    default { [Console]::Error.WriteLine('usage: ./build.ps1 run|test|bench|publish|format [arguments]'); exit 2 }
}
exit $LASTEXITCODE
