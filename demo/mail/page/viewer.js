/* Fetches the list each second and draws it where it has changed; a mail's own HTML stays in its frame. */
const list = document.getElementById('list');
const pane = document.getElementById('mail');
let mails = [];
let open = null;

function element(name, text, className = '') {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}

function show(mail) {
  open = mail.id;
  const head = document.createElement('dl');
  for (const [label, value] of [['Subject', mail.subject], ['From', mail.from], ['To', mail.to], ['At', new Date(mail.at).toLocaleString()]]) {
    head.append(element('dt', label), element('dd', value));
  }
  const frame = document.createElement('iframe');
  frame.title = mail.subject;
  frame.src = `/mails/${mail.id}`;
  const plain = document.createElement('details');
  plain.append(element('summary', 'As text'), element('pre', mail.text));
  pane.replaceChildren(head, frame, plain);
  draw();
}

function draw() {
  list.replaceChildren(
    ...mails.map((mail) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.setAttribute('aria-current', String(mail.id === open));
      button.append(element('span', mail.subject, 'subject'), element('span', `To ${mail.to}`, 'to'), element('time', new Date(mail.at).toLocaleTimeString()));
      button.addEventListener('click', () => show(mail));
      const item = document.createElement('li');
      item.append(button);
      return item;
    }),
  );
  document.title = mails.length ? `(${mails.length}) Mail of the demo` : 'Mail of the demo';
}

async function look() {
  try {
    const found = await (await fetch('/mails')).json();
    if (found.length !== mails.length || found[0]?.id !== mails[0]?.id) {
      mails = found;
      if (open === null && mails.length) show(mails[0]);
      else draw();
    }
  } catch {
    // The demo has ended, or is being started again: the next look finds out.
  }
  setTimeout(look, 1000);
}
look();
