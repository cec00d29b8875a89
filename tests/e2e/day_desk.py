"""The operators of a working day and their supervisor, each at the desk in a browser of their own."""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Awaitable, Callable

from playwright.async_api import BrowserContext, Error, Locator, Page, expect

from tests.e2e.day import HAND_MS, Person
from tests.process import PASSWORD

Act = Callable[[], Awaitable[None]]


class Colleague(Person):
    """An operator at the desk."""

    def __init__(self, name: str, context: BrowserContext, page: Page) -> None:
        super().__init__(name, context, page)
        self.department = ""
        self.won: list[str] = []
        self.lost: list[str] = []
        self.unsure: list[str] = []
        """Sent as the conversation went to somebody else, or with it: no screen says whether in time."""
        self._acts = itertools.cycle(self.acts())

    def acts(self) -> tuple[Act, ...]:
        """What they do with conversations, in turn."""
        return (self.close, self.transfer, self.pause, self.note, self.release, self.close, self.hand_over)

    async def sign_in(self, desk: str, department: str) -> None:
        """Come to work."""
        self.department = department
        await self.page.goto(f"{desk}/desk")
        await self.page.get_by_label("Usuario").fill(self.name)
        await self.page.get_by_label("Contraseña", exact=True).fill(PASSWORD)
        await self.page.get_by_role("button", name="Entrar", exact=True).click()
        await expect(self.tab("waiting")).to_be_visible()

    def tab(self, name: str) -> Locator:
        return self.page.locator(f'[data-tab="{name}"]')

    async def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            await self.page.keyboard.press(key)

    @property
    def composer(self) -> Locator:
        return self.page.locator("[data-composer]")

    @property
    def rows(self) -> Locator:
        return self.page.locator("[data-row]")

    async def work(self, over: Callable[[], bool]) -> None:
        """Take what is there until the day is over: one's own first, the longest wait, then what was put aside."""
        while not over():
            if not await self._open_any("attending", "waiting", "paused"):
                await self._wait_for_a_row()
            elif await self.answer():
                # Cut off, or gone meanwhile: whatever is left is found in the lists again.
                with contextlib.suppress(Error):
                    await next(self._acts)()
            await self.page.keyboard.press("Escape")

    async def _open_any(self, *names: str) -> bool:
        for name in names:
            if await self.open_first(name):
                return True
        return False

    async def _wait_for_a_row(self) -> None:
        with contextlib.suppress(Error):
            await self.rows.first.wait_for(timeout=500)

    async def open_first(self, name: str) -> bool:
        """Open the first conversation of a list; False where there is none, or it goes while the hand moves."""
        await self.tab(name).click()
        if await self.rows.count() == 0:
            return False
        try:
            await self.rows.first.click(timeout=HAND_MS)
            await self.composer.wait_for(timeout=HAND_MS)
        except Error:
            return False
        return True

    async def answer(self) -> bool:
        """Answer the open conversation; True once the answer is stored, False where it is somebody else's meanwhile."""
        words = self.new_words()
        try:
            await self.page.get_by_role("button", name="Responder", exact=True).click(timeout=HAND_MS)
            self._give_up(await self.composer.input_value(timeout=HAND_MS))
            await self.composer.fill(words, timeout=HAND_MS)
            await self.composer.press("Enter", timeout=HAND_MS)
        except Error:
            return False
        stored = self.page.locator(".bubble:not(.onTheWay)").filter(has_text=words)
        gone = self.page.get_by_role("button", name="Volver a la lista")
        # Taken by a colleague, and back before the eye saw it: the words stand in the composer again.
        back = self.page.locator("[data-composer]:not(:placeholder-shown)")
        fate = stored.or_(gone)
        await expect(fate.or_(back).first).to_be_visible()
        while await fate.count() == 0 and await back.count() > 0:
            with contextlib.suppress(Error):
                await self.composer.press("Enter", timeout=HAND_MS)
            await expect(fate.or_(back).first).to_be_visible()
        won, kept = await stored.count() > 0, self.page.locator("textarea[readonly]")
        if won:
            self.won.append(words)
        elif await kept.count() > 0 and words in await kept.input_value():
            self.lost.append(words)
        else:
            self.unsure.append(words)
        return won

    def _give_up(self, standing: str) -> None:
        """What has come back into the composer is thrown away for what is written now."""
        self.lost = [words for words in self.lost if words not in standing]
        self.unsure = [words for words in self.unsure if words not in standing]

    async def close(self) -> None:
        """Close the conversation that is open."""
        await self.press("Escape", "e")
        await self.composer.wait_for(state="hidden", timeout=HAND_MS)

    async def pause(self) -> None:
        """Put it aside until its customer writes."""
        await self.page.locator("[data-pause]").click(timeout=HAND_MS)
        await self.page.get_by_role("menuitem", name="Hasta que el cliente escriba").click(timeout=HAND_MS)

    async def release(self) -> None:
        """Give it back to the department."""
        await self.page.get_by_role("button", name="Más acciones").click(timeout=HAND_MS)
        await self.page.get_by_role("menuitem", name="Devolver a la espera").click(timeout=HAND_MS)

    async def note(self) -> None:
        """Leave a note for colleagues, and close."""
        words = self.new_words()
        await self.page.keyboard.press("Control+i")
        await self.composer.fill(words, timeout=HAND_MS)
        await self.composer.press("Enter", timeout=HAND_MS)
        await self.page.locator("article").filter(has_text=words).wait_for(timeout=HAND_MS)
        self.won.append(words)
        await self.page.keyboard.press("Control+i")
        await self.close()

    async def transfer(self) -> None:
        """Hand it to the other department, with a note."""
        await self._pass_on(self.page.get_by_role("dialog").get_by_role("radio").first, elsewhere=True)

    async def hand_over(self) -> None:
        """Hand it to a colleague of the department, with a note."""
        await self._pass_on(self.page.get_by_role("dialog").get_by_role("radio").nth(1), elsewhere=False)

    async def _pass_on(self, goal: Locator, *, elsewhere: bool) -> None:
        await self.press("Escape", "t")
        dialog = self.page.get_by_role("dialog")
        if elsewhere:
            other = "Soporte" if self.department == "Ventas" else "Ventas"
            await dialog.get_by_label("Departamento").click(timeout=HAND_MS)
            await self.page.get_by_role("option", name=other).click(timeout=HAND_MS)
        await self._send_off(goal)

    async def _send_off(self, goal: Locator) -> None:
        dialog = self.page.get_by_role("dialog")
        await goal.check(timeout=HAND_MS)
        words = self.new_words()
        await dialog.get_by_label("Nota").fill(words, timeout=HAND_MS)
        self.unsure.append(words)
        # A dialog stays, with what is written in it, until the connection is back.
        while await dialog.is_visible():
            with contextlib.suppress(Error):
                await dialog.get_by_role("button", name="Pasar", exact=True).click(timeout=HAND_MS)
                await dialog.wait_for(state="hidden", timeout=HAND_MS)

    async def kept(self) -> str:
        """All words that this browser keeps because they were not sent."""
        keys = "Object.entries(localStorage).filter(([key]) => /^recado:(kept|draft):/.test(key)).join()"
        return str(await self.page.evaluate(keys))

    async def lists(self, name: str, conversations: set[int]) -> None:
        """Wait until a list shows these conversations and no others."""
        await self.tab(name).click()
        await expect(self.rows).to_have_count(len(conversations))
        for conversation in conversations:
            await expect(self.row(conversation)).to_be_visible()

    def row(self, conversation: int) -> Locator:
        return self.page.locator(f'[data-row="{conversation}"]')

    async def sees(self, conversation: int, words: list[str]) -> None:
        """Open a conversation and wait until it holds these words, notes among them, in order."""
        await self.row(conversation).click()
        await expect(self.page.get_by_role("log").locator(".bubble, .text")).to_have_text(words)


class Supervisor(Colleague):
    """Somebody who sees to it, from the team's page, that nothing lies too long; and may look in."""

    def acts(self) -> tuple[Act, ...]:
        return (self.move, self.look_in, self.give_back)

    async def oversee(self) -> None:
        """Do the next thing, if what it is done to is still there."""
        with contextlib.suppress(Error):
            await self.press("Escape", "g", "t")
            await next(self._acts)()

    async def move(self) -> None:
        """Hand what a colleague attends to another, with a note."""
        await self._press_first("Pasar la conversación")
        await self._send_off(self.page.get_by_role("dialog").get_by_role("radio").nth(1))

    async def give_back(self) -> None:
        """Let what a colleague attends wait again."""
        await self._press_first("Devolver la conversación")
        await self.page.get_by_role("dialog").get_by_role("button", name="Devolver", exact=True).click(timeout=HAND_MS)

    async def look_in(self) -> None:
        """Read what a colleague attends, and leave again."""
        await self._press_first("Mirar la conversación")
        await self.page.get_by_role("dialog").get_by_role("button", name="Mirar", exact=True).click(timeout=HAND_MS)
        await self.page.get_by_role("log").locator("[data-seq]").first.wait_for(timeout=HAND_MS)
        await self.page.keyboard.press("x")

    async def _press_first(self, name: str) -> None:
        buttons = self.page.get_by_role("button", name=re.compile(name), disabled=False)
        await buttons.first.click(timeout=HAND_MS)
