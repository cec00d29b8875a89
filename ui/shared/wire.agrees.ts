/**
 * The shapes that `wire.ts` names are what the server says it sends and takes, field by field; the type check fails
 * at the pair that differs. `openapi.ts` is written from the server's own description.
 */
import type { components } from './openapi.ts';
import type * as wire from './wire.ts';

type Server = components['schemas'];
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : { onlyPage: B }) : { onlyServer: A };

interface Pages {
  Activity: wire.Activity;
  Answer: wire.Answer;
  AuditItem: wire.AuditItem;
  AuditPage: wire.AuditPage;
  Answers: wire.Answers;
  Around: wire.Around;
  Attachment: wire.Attachment;
  Author: wire.Author;
  Background: wire.Background;
  Backlog: wire.Backlog;
  Block: wire.Block;
  Changes: wire.Changes;
  ChatSettings: wire.ChatSettings;
  ChatTexts: wire.ChatTexts;
  Choices: wire.Choices;
  Chosen: wire.Chosen;
  Circle: wire.Circle;
  Colleague: wire.Colleague;
  ConsoleEvent: wire.ConsoleEvent;
  Contact: wire.Contact;
  ConversationRow: wire.ConversationRow;
  ConversationState: wire.ConversationState;
  Counts: wire.Counts;
  CustomerBrief: wire.Customer;
  Defaults: wire.NoticeDefaults;
  Department: wire.Department;
  DeskState: wire.DeskState;
  DirectChanges: wire.DirectChanges;
  DirectCounts: wire.DirectCounts;
  DirectItem: wire.DirectItem;
  DirectPage: wire.DirectPage;
  DirectRow: wire.DirectRow;
  DirectSent: wire.DirectSent;
  DirectState: wire.DirectState;
  Draft: wire.Draft;
  Earlier: wire.Earlier;
  Entry: wire.Entry;
  EntryPage: wire.EntryPage;
  EntryVersion: wire.EntryVersion;
  FieldFace: wire.AskedField;
  FileRules: wire.FileRules;
  FormatRule: wire.FormatRule;
  Found: wire.Found;
  Hours: wire.Hours;
  Inbox: wire.Inbox;
  InboxInput: wire.InboxWrite;
  InvitationItem: wire.InvitationItem;
  Mark: wire.Mark;
  Me: wire.Me;
  Moved: wire.Moved;
  Named: wire.Named;
  NoteAbout: wire.NoteAbout;
  Notices: wire.NoticesNow;
  NoticesState: wire.NoticesState;
  OperatorItem: wire.OperatorItem;
  Page: wire.Page;
  Quiet: wire.Quiet;
  Quote: wire.Quote;
  Person: wire.Person;
  Reason: wire.Reason;
  Imported: wire.Imported;
  Reply: wire.Reply;
  ReplyInput: wire.ReplyWrite;
  ResetLink: wire.ResetLink;
  ResetLook: wire.ResetLook;
  Role: wire.Role;
  SecretItem: wire.SecretItem;
  SecretMade: wire.SecretMade;
  SessionItem: wire.SessionItem;
  Span: wire.Span;
  SpecialSpan: wire.SpecialSpan;
  Status: wire.Status;
  Targets: wire.Targets;
  Team: wire.Team;
  TeamConversation: wire.TeamConversation;
  TeamDepartment: wire.TeamDepartment;
  Visit: wire.VisitState;
  Upload: wire.Upload;
  VisitorFacts: wire.Visitor;
  Welcome: wire.InvitationLook;
  WidgetConversation: wire.WidgetConversation;
  WidgetEntry: wire.WidgetEntry;
  WidgetQuote: wire.WidgetQuote;
  WidgetEvent: wire.WidgetEvent;
  WidgetList: wire.WidgetList;
}

type Compared = { [Name in keyof Pages & keyof Server]: Same<Server[Name], Pages[Name]> };

/** One line a shape; the line of one that differs is the error's place. */
export const agreed: Compared = {
  Activity: true,
  Answer: true,
  AuditItem: true,
  AuditPage: true,
  Answers: true,
  Around: true,
  Attachment: true,
  Author: true,
  Background: true,
  Backlog: true,
  Block: true,
  Changes: true,
  ChatSettings: true,
  ChatTexts: true,
  Choices: true,
  Chosen: true,
  Circle: true,
  Colleague: true,
  ConsoleEvent: true,
  Contact: true,
  ConversationRow: true,
  ConversationState: true,
  Counts: true,
  CustomerBrief: true,
  Defaults: true,
  Department: true,
  DeskState: true,
  DirectChanges: true,
  DirectCounts: true,
  DirectItem: true,
  DirectPage: true,
  DirectRow: true,
  DirectSent: true,
  DirectState: true,
  Draft: true,
  Earlier: true,
  Entry: true,
  EntryPage: true,
  EntryVersion: true,
  FieldFace: true,
  FileRules: true,
  FormatRule: true,
  Found: true,
  Hours: true,
  Inbox: true,
  InboxInput: true,
  InvitationItem: true,
  Mark: true,
  Me: true,
  Moved: true,
  Named: true,
  NoteAbout: true,
  Notices: true,
  NoticesState: true,
  OperatorItem: true,
  Page: true,
  Quiet: true,
  Quote: true,
  Person: true,
  Reason: true,
  Imported: true,
  Reply: true,
  ReplyInput: true,
  ResetLink: true,
  ResetLook: true,
  Role: true,
  SecretItem: true,
  SecretMade: true,
  SessionItem: true,
  Span: true,
  SpecialSpan: true,
  Status: true,
  Targets: true,
  Team: true,
  TeamConversation: true,
  TeamDepartment: true,
  Visit: true,
  Upload: true,
  VisitorFacts: true,
  Welcome: true,
  WidgetConversation: true,
  WidgetEntry: true,
  WidgetEvent: true,
  WidgetList: true,
  WidgetQuote: true,
};
