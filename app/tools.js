// What a seller's desk has besides islands. Small and plain, since part of it must work on a page that comes from the
// phone itself.
import { readAloud } from "./aloud.js";
import { keepDrafts } from "./drafts.js";
import { keepRound } from "./round.js";

readAloud();
keepDrafts();
keepRound();
