// Set-up that runs before everything else, on any Node.js from 20 on.
