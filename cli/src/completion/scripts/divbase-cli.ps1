# Completion of divbase-cli for PowerShell.
Register-ArgumentCompleter -Native -CommandName 'divbase-cli' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $before = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { "$_" })
    & $commandAst.CommandElements[0].Value __complete -- @before "$wordToComplete" 2>$null |
        ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
}
